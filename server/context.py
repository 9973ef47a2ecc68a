"""What every route may ask for: the parts of the server that is running.

They are there at once: as coroutines they are not handed to a thread, which would take longer than many an answer.
"""

from typing import Annotated

from fastapi import Depends, Request

from server.blobs import Blobs
from server.brakes import Brakes
from server.database import Database
from server.formbook import FormBook
from server.intake import Intake
from server.leftovers import Leftovers
from server.public.senders import Crowd
from server.settings import Settings
from server.setup import SetupNames
from server.stamp import Stamper


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _blobs(request: Request) -> Blobs:
    blobs: Blobs = request.app.state.blobs
    return blobs


async def _intake(request: Request) -> Intake:
    intake: Intake = request.app.state.intake
    return intake


async def _leftovers(request: Request) -> Leftovers:
    leftovers: Leftovers = request.app.state.leftovers
    return leftovers


async def _brakes(request: Request) -> Brakes:
    brakes: Brakes = request.app.state.brakes
    return brakes


async def _forms(request: Request) -> FormBook:
    forms: FormBook = request.app.state.forms
    return forms


async def _crowd(request: Request) -> Crowd:
    crowd: Crowd = request.app.state.crowd
    return crowd


async def _setup_names(request: Request) -> SetupNames:
    names: SetupNames = request.app.state.setup_names
    return names


async def _stamper(request: Request) -> Stamper:
    stamper: Stamper = request.app.state.stamper
    return stamper


TheSettings = Annotated[Settings, Depends(_settings)]
TheDatabase = Annotated[Database, Depends(_database)]
TheBlobs = Annotated[Blobs, Depends(_blobs)]
TheIntake = Annotated[Intake, Depends(_intake)]
TheForms = Annotated[FormBook, Depends(_forms)]
TheCrowd = Annotated[Crowd, Depends(_crowd)]
TheBrakes = Annotated[Brakes, Depends(_brakes)]
TheSetupNames = Annotated[SetupNames, Depends(_setup_names)]
TheStamper = Annotated[Stamper, Depends(_stamper)]
TheLeftovers = Annotated[Leftovers, Depends(_leftovers)]
