/**
 * Random schedules of faults, judged from outside by the laws: what the children noted, what the
 * subscribers saw, and what the system's process table says. Nothing here looks into the engine but
 * the picture that is drawn when a schedule hangs.
 */
package io.delegate.faults;
