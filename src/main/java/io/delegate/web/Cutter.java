package io.delegate.web;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** Makes items' texts of a body that comes in pieces, cut anywhere. For one thread at a time. */
interface Cutter {
  /**
   * What is whole with this piece. The piece is read, and not released.
   *
   * @throws Problem when the body is not what was agreed on
   */
  List<Line> add(ByteBuf piece);

  /** What is left when the body has ended. */
  List<Line> end();
}
