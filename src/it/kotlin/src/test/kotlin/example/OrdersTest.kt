package example

import io.delegate.Codec
import io.delegate.Delegate
import io.delegate.Outcome
import io.delegate.ProcessScheduler
import io.delegate.Work
import io.delegate.codec.Codecs
import io.delegate.codec.ForyCodec
import io.delegate.codec.FstCodec
import io.delegate.codec.JdkCodec
import io.delegate.codec.KryoCodec
import java.io.Serializable
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import reactor.core.publisher.Flux

data class Order(
    val id: Int,
    val lines: List<Line>,
    val tags: Set<String> = emptySet(),
    val prices: Map<String, Price> = emptyMap(),
    val payment: Payment = Unpaid,
    val note: String? = null,
) : Serializable

data class Line(val article: String, val amount: Int, val size: Pair<Int, Int>) : Serializable

@JvmInline value class Price(val cents: Long) : Serializable

sealed interface Payment : Serializable

data class ByCard(val number: String, val limit: UInt) : Payment

data class InParts(val parts: List<Payment>) : Payment

data object Unpaid : Payment {
  // without it a copy would be equal, but not the same
  private fun readResolve(): Any = Unpaid
}

object Till : Serializable {
  var opened = 0

  private fun readResolve(): Any = Till
}

enum class Colour { RED, GREEN { override fun warm() = false }; open fun warm() = true }

/** The work as a function, too. */
fun doubled(order: Order): Order =
    order.copy(
        lines = order.lines.map { it.copy(amount = 2 * it.amount) },
        payment = InParts(listOf(order.payment, Unpaid)),
    )

/** Data classes, sealed types, objects and lambdas, through real children, by each codec. */
class OrdersTest {
  companion object {
    private val children = ProcessScheduler.builder().children(1).build()

    @AfterAll
    @JvmStatic
    fun stop() {
      children.close()
      assertTrue(ProcessHandle.current().children().findAny().isEmpty, "children left")
    }
  }

  private val codecs: List<Codec> =
      listOf(Codecs.auto(), FstCodec(), JdkCodec(), KryoCodec(), ForyCodec()).filter {
        it.unusable().isEmpty() // all of them are, but on a JDK that lets no Unsafe be used
      }

  private val orders =
      listOf(
          Order(1, emptyList()),
          Order(
              2,
              listOf(Line("tea", 2, 1 to 2), Line("milk", 1, 0 to 0)),
              setOf("a", "b"),
              mapOf("tea" to Price(250)),
              InParts(listOf(ByCard("1234", 7u), Unpaid)),
              "fragile",
          ),
          Order(3, buildList { add(Line("x", 1, 3 to 4)) }, sortedSetOf("z"), payment = Unpaid),
      )

  private fun <I : Any, R : Any> through(codec: Codec, items: List<I>, work: Work<I, R>): List<R> =
      Flux.fromIterable(items)
          .transform<Outcome<I, R>>(
              Delegate.parallelOrdered<I, R>(Work.encodedBy(codec, work), children))
          .map { it.orElseThrow()!! }
          .collectList()
          .block()!!

  @Test
  fun dataClassesComeBackEqual() {
    for (codec in codecs) {
      assertEquals(orders, through(codec, orders) { it }, codec.javaClass.simpleName)
    }
  }

  @Test
  fun functionsAndLambdasAreWorks() {
    val by = 3
    for (codec in codecs) {
      assertEquals(orders.map(::doubled), through(codec, orders, ::doubled))
      assertEquals(
          orders.map { by * it.lines.size },
          through(codec, orders) { order -> by * order.lines.size },
      )
    }
  }

  @Test
  fun objectsStayTheOneTheyAre() {
    for (codec in codecs) {
      val parts = through(codec, listOf<Payment>(Unpaid, InParts(listOf(Unpaid)))) { it }
      assertSame(Unpaid, parts[0], codec.javaClass.simpleName)
      assertSame(Unpaid, (parts[1] as InParts).parts[0])
      assertSame(Till, through(codec, listOf(Till)) { it }[0])
      assertTrue(through(codec, listOf<Payment>(Unpaid)) { it === Unpaid }[0], "in the child")
      assertSame(Colour.GREEN, through(codec, listOf(Colour.GREEN)) { it }[0])
    }
  }

  @Test
  fun sealedTypesAreToldApartInTheChild() {
    val payments = listOf(ByCard("1", 5u), InParts(listOf(Unpaid, Unpaid)), Unpaid)
    for (codec in codecs) {
      val told =
          through(codec, payments) { payment ->
            when (payment) {
              is ByCard -> "card ${payment.limit}"
              is InParts -> "${payment.parts.size} parts"
              Unpaid -> "unpaid"
            }
          }
      assertEquals(listOf("card 5", "2 parts", "unpaid"), told)
    }
  }
}
