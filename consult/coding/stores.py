"""What the tables of coding hold; all of it goes with the passages it is about."""

from consult.foundation.stores import holds

holds("model_runs", keys=("model", "model_version", "settings", "data_sha256"))
holds("suggestions", words=("reasons",))
holds("decisions", keys=("act_key",))
holds("codings", keys=("act_key",))
holds("run_results", keys=("summary", "artefact_sha256"))
