"""English words that carry no theme: pronouns, articles, auxiliaries and the like.

Negations ("no", "not", "never", "without") are left out of the list: what a submission is against
is often what it is about. They are only dropped as words; character n-grams still see them all.
"""

_LISTED = """
a about above after again all also am an and any are as at be because been before being below
between both but by can could did do does doing done down during each either etc ever few for from
further get gets getting go going got had has have having he her here hers herself him himself his
how however i if in into is it its itself just let like made make makes many may me might more most
much must my myself need nor now of off on once one only onto or other others our ours ourselves out
over own per put quite rather really said same say see shall she should since so some such than that
the their theirs them themselves then there therefore these they this those though through thus to
too under until up upon us use used very was way we well were what when where whether which while
who whom whose why will with within would yet you your yours yourself yourselves don doesn didn isn
aren wasn weren won wouldn couldn shouldn hasn haven hadn ll re ve im ive id
"""

STOP_WORDS = frozenset(_LISTED.split())
