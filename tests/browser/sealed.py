"""The file that holds a phone's key, as somebody who has the phone open on a desk may look at it and spoil it."""

from tests.browser.phone import Phone

_FOLDER = 'await (await navigator.storage.getDirectory()).getDirectoryHandle("beatbook")'


def vault_of(phone: Phone) -> str:
    """What vault.json says."""
    text: str = phone.page.evaluate(
        f"""async () => {{
            const folder = {_FOLDER};
            return await (await (await folder.getFileHandle("vault.json")).getFile()).text();
        }}"""
    )
    return text


def damage_vault(phone: Phone) -> None:
    """Writes over a few bytes of vault.json, as a failing storage does."""
    phone.page.evaluate(
        f"""async () => {{
            const folder = {_FOLDER};
            const file = await (await folder.getFileHandle("vault.json")).createWritable({{ keepExistingData: true }});
            await file.write({{ type: "write", position: 40, data: "damaged" }});
            await file.close();
        }}"""
    )
