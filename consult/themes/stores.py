"""What the tables of themes hold."""

from consult.foundation.stores import holds

holds("suggested_quotes", ours=("why",))
holds("themes", ours=("title", "description"), keys=("slug",))
