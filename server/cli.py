"""`beatbook`: everything an administrator does, for people at a terminal and for scripts.

What it says goes to standard output, mistakes go to standard error as a sentence; the exit status is 0, 2 for a
mistake that whoever called can put right, or 1 for one of ours. A traceback is never shown.
"""

import io
import os
import sys
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from server import district
from server.cli_backup import backup, restore
from server.cli_custody import custody, verify
from server.cli_district import cards, place, school, tags
from server.cli_escrow import escrow
from server.cli_forms import forms
from server.cli_officers import device, enrol, officer
from server.cli_orders import record
from server.cli_public import open311
from server.cli_records import export, records
from server.cli_tours import tour
from server.desk import Desk, pass_desk, publish_forms
from server.district import DistrictError
from server.errors import where
from server.migrations import DatabaseTrouble
from server.publish.listing import NAME as LISTING
from server.serving import ServingError, bind, check_certificate, serve
from server.settings import SettingError, Settings, local_url
from sync.protocol import APP_VERSION

MISTAKE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(APP_VERSION, prog_name="beatbook")
@click.pass_context
def beatbook(context: click.Context) -> None:
    """Beatbook's district server.

    \b
    Settings come from the environment:
      BEATBOOK_DATA         the folder of the district's data (var)
      BEATBOOK_DATABASE_URL a PostgreSQL database (a SQLite file in the data folder)
      BEATBOOK_BLOBS_URL    another folder or an S3 store for photos (blobs in the data folder)
      HOST, PORT            where to listen (127.0.0.1, 8080)
      BEATBOOK_BASE_URL     the address in printed codes and links (http://HOST:PORT)
      BEATBOOK_ESCROW_KEY   the file of the escrow's private key (escrow.key in the data folder)
    """
    context.obj = Desk(Settings.load())


@beatbook.command("serve")
@click.option("--host", help="Address to listen on; 0.0.0.0 for every network of this machine.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--certificate", type=click.Path(path_type=Path), help="HTTPS: the certificate chain (PEM).")
@click.option("--key", type=click.Path(path_type=Path), help="HTTPS: its private key (PEM).")
@pass_desk
def serve_command(desk: Desk, host: str | None, port: int | None, certificate: Path | None, key: Path | None) -> None:
    """Run the district server until Ctrl-C."""
    settings = listening(desk.settings, host, port, https=certificate is not None)
    check_certificate(certificate, key)
    with desk.database.reading() as session:
        name = district.the_district(session).name
    with bind(settings.host, settings.port) as door:
        click.echo(f"{name}: {settings.base_url} (Ctrl-C stops)")
        if not (settings.webapp / LISTING).is_file():
            click.echo("The field app is not built yet; phones find it once you have run: beatbook app")
        serve(settings, door, certificate, key)
    click.echo("Stopped.")


@beatbook.command()
@click.option("--name", prompt="Name of the district", help="The district's name.")
@click.option("--phone", default="(918) 245-8777", show_default=True, help="The program's phone number.")
@click.option("--email", default="", help="The program's e-mail address.")
@click.option("--non-emergency", default="", help="The police's non-emergency number.")
@click.option("--tip-line", default="", help="The tip line.")
@pass_desk
def init(desk: Desk, name: str, phone: str, email: str, non_emergency: str, tip_line: str) -> None:
    """Make a new, empty district with the built-in forms."""
    database = desk.make_database()
    with database.writing() as session:
        district.create(session, name, phone, email=email, non_emergency=non_emergency, tip_line=tip_line)
        forms = publish_forms(session)
    click.echo(f"Made {name!r} in {desk.settings.data} with {len(forms)} forms.")
    click.echo("Next: beatbook school add, beatbook officer add, beatbook serve")


@beatbook.command("app")
@pass_desk
def app_command(desk: Desk) -> None:
    """Build the web app that phones load from this server."""
    from server.demo import build_webapp

    build_webapp(desk.settings)


@beatbook.command()
@pass_desk
def demo(desk: Desk) -> None:
    """Serve a demo district, made on first start, with everything ready to click (what `make run` does)."""
    from server.demo import run

    run(desk)


def listening(settings: Settings, host: str | None, port: int | None, *, https: bool = False) -> Settings:
    """The settings with what the command line says over them; links follow unless BEATBOOK_BASE_URL names them."""
    changed = replace(settings, host=host or settings.host, port=port or settings.port)
    if settings.base_url != local_url(settings.host, settings.port):
        return changed
    base_url = local_url(changed.host, changed.port)
    return replace(changed, base_url=base_url.replace("http:", "https:", 1) if https else base_url)


_district = (school, place, tour, officer, enrol, tags, cards, device, forms, open311, backup, restore)
_records = (record, records, export, custody, verify, escrow)
for command in (*_district, *_records):
    beatbook.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line; the console script and `python -m server.cli` call it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # names and QR blocks, on a terminal that may know neither
    try:
        status = beatbook.main(arguments, prog_name="beatbook", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = MISTAKE
    except (click.Abort, KeyboardInterrupt):
        status = 130
    except BrokenPipeError:  # `beatbook records | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except (DistrictError, SettingError, ServingError, DatabaseTrouble) as error:
        click.echo(f"beatbook: {error}", err=True)
        status = MISTAKE
    except SQLAlchemyError as error:
        click.echo(f"beatbook: the database cannot be used ({type(error).__name__}).", err=True)
        status = MISTAKE
    except OSError as error:
        click.echo(f"beatbook: {error.strerror}: {error.filename}", err=True)
        status = MISTAKE
    except Exception as error:
        # Where, not what: a message may quote what somebody wrote, and a traceback helps no administrator.
        click.echo(f"beatbook: something went wrong here ({type(error).__name__} in {where(error)}).", err=True)
        status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
