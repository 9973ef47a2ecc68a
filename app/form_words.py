"""The sentences a form says by itself when an answer will not do and its author wrote none."""

from typing import Final

_WORDS: Final = {
    "en": {
        "required": "Please answer this.",
        "constraint": "This answer does not fit.",
        "choice": "Please choose one of the answers shown.",
        "unknown": "This form has no such question.",
        "hidden": "This question is not asked here, so it can have no answer.",
        "type": "This answer cannot be kept.",
        "text": "This text cannot be kept: it is too long or has characters that no keyboard makes.",
        "integer": "Please enter a whole number.",
        "decimal": "Please enter a number.",
        "range": "Please enter a number from {low} to {high}, on one of the steps.",
        "rank": "Please put all of them in order.",
        "date": "Please enter a date.",
        "time": "Please enter a time.",
        "dateTime": "Please enter a date and a time.",
        "image": "This photo cannot be used. Please take it again.",
        "audio": "This recording cannot be used. Please make it again.",
        "file": "This file cannot be used. Please choose another one.",
        "repeat": "These entries cannot be kept.",
        "geopoint": "This position cannot be used. Please take it again.",
        "geotrace": "A path needs two points or more.",
        "geoshape": "An area needs three points or more.",
        "acknowledge": "Please confirm this.",
        "slow": "This answer takes too long to check.",
    },
    "es": {
        "required": "Falta esta respuesta.",
        "constraint": "Esta respuesta no es válida.",
        "choice": "Elija una de las respuestas que se muestran.",
        "unknown": "Este formulario no tiene esa pregunta.",
        "hidden": "Esta pregunta no se hace aquí, así que no puede tener respuesta.",
        "type": "Esta respuesta no se puede guardar.",
        "text": "Este texto no se puede guardar: es demasiado largo o tiene caracteres que no salen de un teclado.",
        "integer": "Escriba un número entero.",
        "decimal": "Escriba un número.",
        "range": "Escriba un número de {low} a {high}, en uno de los pasos.",
        "rank": "Póngalos todos en orden.",
        "date": "Escriba una fecha.",
        "time": "Escriba una hora.",
        "dateTime": "Escriba una fecha y una hora.",
        "image": "Esta foto no se puede usar. Tómela otra vez.",
        "audio": "Esta grabación no se puede usar. Hágala otra vez.",
        "file": "Este archivo no se puede usar. Elija otro.",
        "repeat": "Estas entradas no se pueden guardar.",
        "geopoint": "Esta ubicación no se puede usar. Tómela otra vez.",
        "geotrace": "Un recorrido necesita dos puntos o más.",
        "geoshape": "Un área necesita tres puntos o más.",
        "acknowledge": "Confirme esto, por favor.",
        "slow": "Esta respuesta tarda demasiado en comprobarse.",
    },
}


def sentence(code: str, language: str) -> str:
    """The built-in sentence in the language, or in English where Beatbook does not speak it."""
    words = _WORDS.get(language, _WORDS["en"])
    return words.get(code, words["type"])
