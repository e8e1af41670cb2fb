"""What the tables of erasures hold: references and counts, never a word."""

from consult.foundation.stores import holds

holds("erasures", keys=("key",))
holds("erasure_targets", keys=("reference",))
holds("erasure_steps", ours=("store",))
