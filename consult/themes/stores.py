"""What the tables of themes hold."""

from consult.foundation.stores import holds

holds("themes", ours=("title", "description"), keys=("slug",))
