"""The deep tier: a small transformer, run by ONNX Runtime on one thread."""

from amends.understanding.deep.encoder import Encoder, load_encoder
from amends.understanding.deep.heads import Heads, load_heads, save_heads
from amends.understanding.deep.wordpiece import WordPieces, plain

__all__ = ["Encoder", "Heads", "WordPieces", "load_encoder", "load_heads", "plain", "save_heads"]
