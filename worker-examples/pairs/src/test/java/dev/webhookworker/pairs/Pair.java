package dev.webhookworker.pairs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One feature and one fault.
 *
 * @param inbox whether the event is stored by the transaction of its handler
 */
record Pair(Feature feature, Fault fault, boolean inbox) {

  /** All of them; the inbox meets the other features as well. */
  static List<Pair> all() {
    List<Pair> all = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      for (Feature feature : Feature.values()) {
        if (feature != Feature.INBOX) {
          all.add(new Pair(feature, fault, false));
        }
        all.add(new Pair(feature, fault, true));
      }
    }
    return all;
  }

  /** As part of names of streams and databases. */
  String key() {
    return "pair_" + toString().toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "_");
  }

  @Override
  public String toString() {
    return feature + " x " + fault + (inbox && feature != Feature.INBOX ? " in INBOX" : "");
  }
}
