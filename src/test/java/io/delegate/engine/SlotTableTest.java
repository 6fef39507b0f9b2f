package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.engine.SlotState.Event;
import io.delegate.engine.SlotState.Step;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SlotTableTest {
  static List<SlotTable.Cell> cells() {
    return SlotTable.cells();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void everyStateUponEveryEvent(SlotTable.Cell cell) {
    SlotState<String> state = SlotTable.state(cell.state(), SlotTable.OLD);
    Step<String> step = SlotState.next(state, SlotTable.events().get(cell.event()));
    assertThat(step.state()).isEqualTo(cell.expectedState());
    assertThat(step.effects()).isEqualTo(cell.expectedEffects());
    if (step.effects().isEmpty()) {
      assertThat(step.child()).isEmpty();
    } else {
      assertThat(step.child())
          .contains(cell.event().equals("Want") ? SlotTable.FRESH : SlotTable.OLD);
    }
  }

  @Test
  void theTableIsWhole() {
    assertThat(cells()).hasSize(22 * 13).doesNotHaveDuplicates();
    assertThat(cells().stream().map(SlotTable.Cell::event).collect(Collectors.toSet()))
        .isEqualTo(SlotTable.events().keySet());
    assertThat(
            SlotTable.events().values().stream().map(Object::getClass).collect(Collectors.toSet()))
        .hasSameElementsAs(List.of(Event.class.getPermittedSubclasses()));
    Set<Class<?>> states = new HashSet<>();
    cells().forEach(cell -> states.add(SlotTable.state(cell.state(), SlotTable.OLD).getClass()));
    assertThat(states).hasSameElementsAs(Set.of(SlotState.class.getPermittedSubclasses()));
  }

  @Test
  void manyItemsAreHandedAndAnsweredAtOnce() {
    SlotState<String> state = new SlotState.Idle<>("child");
    state = SlotState.next(state, new Event.Handed<String>(256)).state();
    assertThat(state).isEqualTo(new SlotState.Busy<>("child", 256, SlotState.Then.STAY));
    state = SlotState.next(state, new Event.Answered<String>(255)).state();
    assertThat(state).isEqualTo(new SlotState.Busy<>("child", 1, SlotState.Then.STAY));
    state = SlotState.next(state, new Event.Answered<String>(1)).state();
    assertThat(state).isEqualTo(new SlotState.Idle<>("child"));
  }
}
