"""The blueprint on which the modules with views put their routes."""

from flask import Blueprint

blueprint = Blueprint("respond", __name__, url_prefix="/respond")
