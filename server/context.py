"""What every route may ask for: the settings, the database and the photos of the server that is running."""

from typing import Annotated

from fastapi import Depends, Request

from server.blobs import Blobs
from server.database import Database
from server.settings import Settings


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _blobs(request: Request) -> Blobs:
    blobs: Blobs = request.app.state.blobs
    return blobs


TheSettings = Annotated[Settings, Depends(_settings)]
TheDatabase = Annotated[Database, Depends(_database)]
TheBlobs = Annotated[Blobs, Depends(_blobs)]
