"""Many machines: receivers put raw frames into a broker, workers take them out.

``Layout`` says how frames lie there, ``connect`` reaches it, ``Receiver`` fills it, ``ClusterWorker``
empties it into a ``Taker``, and ``look`` says how it stands. Only ``broker`` knows NATS.
"""

from amends.listening.cluster.broker import Broker, BrokerAway, connect
from amends.listening.cluster.layout import Layout, channel_of_source, source_of_channel
from amends.listening.cluster.packets import Packet
from amends.listening.cluster.receiver import Publisher, Receiver
from amends.listening.cluster.slices import Slice, Slicer, sliced
from amends.listening.cluster.state import State, look, sentences, table
from amends.listening.cluster.worker import ClusterWorker, Taker

__all__ = [
    "Broker",
    "BrokerAway",
    "ClusterWorker",
    "Layout",
    "Packet",
    "Publisher",
    "Receiver",
    "Slice",
    "Slicer",
    "State",
    "Taker",
    "channel_of_source",
    "connect",
    "look",
    "sentences",
    "sliced",
    "source_of_channel",
    "table",
]
