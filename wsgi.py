"""What servers and the `flask` command load: the application for this machine's settings."""

from consult import create_app
from consult.foundation.config import Settings

app = create_app(Settings.from_env())
