"""Packets: what goes in comes out, and goes the same way again."""

import pytest

from amends.listening.cluster import Layout, Packet, channel_of_source, source_of_channel
from amends.listening.cluster.packets import pack, unpack
from amends.terms import BadInput, DeadLetter


def test_packet_comes_out_as_it_went_in() -> None:
    letter = DeadLetter(source="1-posts", reason="It is broken.", raw="{", line=3)
    packet = Packet(kind="posts", lines=(b"{}", b"\xff\n"), deleted=("a",), dead=(letter,))
    assert unpack(pack(packet)) == packet


@pytest.mark.parametrize("body", [b"", b"nonsense", pack(Packet(kind="x"))[:-1]])
def test_what_is_no_packet_is_bad_input(body: bytes) -> None:
    with pytest.raises(BadInput, match="The message holds no frames"):
        unpack(body)


def test_message_keeps_its_partition_and_all_are_used() -> None:
    layout = Layout(partitions=4)
    lanes = [layout.lane_of(pack(Packet(kind="x", lines=(b"%d" % n,)))) for n in (*range(64), 0)]
    assert (lanes[0], set(lanes)) == (lanes[-1], {"0", "1", "2", "3"})


def test_source_names_its_channel() -> None:
    source = source_of_channel(12, "wss://stream.example/a b.*>")
    assert source == "12-wss_stream_example_a_b_"
    assert channel_of_source(source) == 12
    with pytest.raises(BadInput, match="no name of a source"):
        channel_of_source("posts")
