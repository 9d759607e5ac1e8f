"""Whether a customer is aroused, as far as set words show."""

import re

_OUTBURST = re.compile(
    r"!{2,}|\b(?:worst|disgust\w*|furious|outrag\w*|livid|fuck\w*|f\*+\w*|shit\w*|wtf|bullshit|scam\w*|thie(?:f|ves)|liars?|pathetic|horrible"
    r"|terrible|awful|unacceptable|appall\w*|disgrace\w*|shame\w*|hate|never again|ruined|angry|unbelievable|ridiculous|insulin|emergency|crying|stranded|stuck"
    r"|lost|stolen|died|death|funeral|hospital|verg\u00fcenza|asco|p\u00e9simo|nunca m\u00e1s|robo|estafa|nie wieder|unversch\u00e4mt\w*|frechheit|unfassbar"
    r"|schrecklich|betrug|honte|nul|inadmissible|scandaleux|arnaque|vergonha|nunca mais|p\u00e9ssimo|vergogna|mai pi\u00f9|schandalig|nooit meer|schande)\b"
)


def is_outburst(post: str) -> bool:
    """A folded post holds a word of anger, fear or distress, or more than one exclamation mark."""
    return _OUTBURST.search(post) is not None
