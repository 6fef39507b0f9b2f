package example

import io.delegate.{Codec, Delegate, Outcome, ProcessScheduler, Work}
import io.delegate.codec.{Codecs, ForyCodec, FstCodec, JdkCodec, KryoCodec}
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.{assertEquals, assertSame, assertTrue}
import org.junit.jupiter.api.Test
import reactor.core.publisher.Flux
import scala.jdk.CollectionConverters._

sealed trait Payment extends Serializable
final case class ByCard(number: String, limit: Option[Int]) extends Payment
final case class InParts(parts: List[Payment]) extends Payment
case object Unpaid extends Payment

final case class Line(article: String, amount: Int, size: (Int, Int))

final case class Order(
    id: Int,
    lines: Vector[Line],
    tags: Set[String] = Set.empty,
    prices: Map[String, BigDecimal] = Map.empty,
    payment: Payment = Unpaid,
    note: Option[String] = None
)

object Order {
  def doubled(order: Order): Order =
    order.copy(
      lines = order.lines.map(line => line.copy(amount = 2 * line.amount)),
      payment = InParts(List(order.payment, Unpaid))
    )
}

object OrdersTest {
  private val children = ProcessScheduler.builder().children(1).build()

  @AfterAll
  def stop(): Unit = {
    children.close()
    assertTrue(ProcessHandle.current().children().findAny().isEmpty, "children left")
  }

  private val orders = List(
    Order(1, Vector.empty),
    Order(
      2,
      Vector(Line("tea", 2, (1, 2)), Line("milk", 1, (0, 0))),
      Set("a", "b", "c", "d", "e", "f"),
      Map("tea" -> BigDecimal("2.50")),
      InParts(List(ByCard("1234", Some(7)), ByCard("5", None), Unpaid)),
      Some("fragile")
    )
  )

  private val codecs: List[Codec] =
    List(Codecs.auto(), new FstCodec, new JdkCodec, new KryoCodec, new ForyCodec)
      .filter(_.unusable().isEmpty) // all of them are, but on a JDK that lets no Unsafe be used

  private def through[I, R](codec: Codec, items: List[I])(work: Work[I, R]): List[R] =
    Flux
      .fromIterable(items.asJava)
      .transform[Outcome[I, R]](
        Delegate.parallelOrdered[I, R](Work.encodedBy[I, R](codec, work), children)
      )
      .map[R]((outcome: Outcome[I, R]) => outcome.orElseThrow())
      .collectList()
      .block()
      .asScala
      .toList
}

/** Case classes, sealed types, objects and functions, through real children, by each codec. */
class OrdersTest {
  import OrdersTest._

  @Test
  def caseClassesComeBackEqual(): Unit =
    for (codec <- codecs) {
      assertEquals(orders, through[Order, Order](codec, orders)(order => order), codec.toString)
    }

  @Test
  def methodsAndFunctionsAreWorks(): Unit = {
    val by = 3
    for (codec <- codecs) {
      assertEquals(
        orders.map(Order.doubled),
        through[Order, Order](codec, orders)(order => Order.doubled(order))
      )
      assertEquals(
        orders.map(by * _.lines.size),
        through[Order, Int](codec, orders)(order => by * order.lines.size)
      )
    }
  }

  @Test
  def objectsStayTheOneTheyAre(): Unit =
    for (codec <- codecs) {
      val parts = through[Payment, Payment](codec, List(Unpaid, InParts(List(Unpaid))))(p => p)
      assertSame(Unpaid, parts.head, codec.toString)
      assertSame(Unpaid, parts(1).asInstanceOf[InParts].parts.head)
      assertSame(None, through[Option[Int], Option[Int]](codec, List(None))(o => o).head)
      assertSame(Nil, through[List[Int], List[Int]](codec, List(Nil))(l => l).head)
      assertTrue(through[Payment, Boolean](codec, List(Unpaid))(p => p eq Unpaid).head, "in the child")
    }

  @Test
  def sealedTypesAreToldApartInTheChild(): Unit = {
    val payments = List[Payment](ByCard("1", Some(5)), InParts(List(Unpaid, Unpaid)), Unpaid)
    for (codec <- codecs) {
      val told = through[Payment, String](codec, payments)(payment =>
        payment match {
          case ByCard(_, limit) => "card " + limit
          case InParts(parts)   => parts.size.toString + " parts"
          case Unpaid           => "unpaid"
        }
      )
      assertEquals(List("card Some(5)", "2 parts", "unpaid"), told)
    }
  }
}
