"""What the tables of accounts hold: who members are."""

from consult.foundation.stores import holds

holds("users", staff=("email", "name"), keys=("password", "fs_uniquifier"))
holds("sign_in_attempts", keys=("account", "address"))
