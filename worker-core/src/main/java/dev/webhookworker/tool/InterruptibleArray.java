package dev.webhookworker.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Iterator;

/**
 * A list that ends whoever goes through it when its thread is interrupted, as a run at its time
 * limit is: {@code uniqueItems} compares each of a hundred thousand texts of one hash with all
 * others. For one thread.
 */
@SuppressWarnings("unchecked") // its parent narrows deepCopy()
final class InterruptibleArray extends ArrayNode {

  private static final long serialVersionUID = 1L;

  InterruptibleArray() {
    super(JsonNodeFactory.instance);
  }

  @Override
  public Iterator<JsonNode> elements() {
    Iterator<JsonNode> elements = super.elements();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return elements.hasNext();
      }

      @Override
      public JsonNode next() {
        endIfInterrupted();
        return elements.next();
      }
    };
  }

  @Override
  public JsonNode get(int index) {
    endIfInterrupted();
    return super.get(index);
  }

  private static void endIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptibleText.InterruptedReadException();
    }
  }
}
