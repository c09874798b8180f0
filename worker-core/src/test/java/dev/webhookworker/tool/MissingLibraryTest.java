package dev.webhookworker.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhookworker.ConfigurationException;
import dev.webhookworker.NonRetryableException;
import dev.webhookworker.ToolSettings;
import dev.webhookworker.pipeline.Json;
import dev.webhookworker.transform.JsonataTransformer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** An optional library that is missing is named, with what to do. */
class MissingLibraryTest {

  @Test
  void yamlNamesItsLibrary() throws Exception {
    assertThat(without("com.fasterxml.jackson.dataformat.yaml.", Yaml.class))
        .contains("jackson-dataformat-yaml", "or write the tools as JSON");
  }

  @Test
  void aSchemaNamesItsLibrary() throws Exception {
    assertThat(without("com.networknt.schema.", Schema.class))
        .contains("com.networknt:json-schema-validator", "or remove schema_url");
  }

  @Test
  void jsonataNamesItsLibrary() throws Exception {
    assertThat(without("com.dashjoin.jsonata.", Jsonata.class))
        .contains("com.dashjoin:jsonata", "or write the rules in the worker's own language");
  }

  /** What a probe says on a class path without that package. */
  private static String without(String hidden, Class<? extends Callable<String>> probe)
      throws Exception {
    ClassLoader loader = new Poorer(hidden);
    Object made = loader.loadClass(probe.getName()).getDeclaredConstructor().newInstance();
    return (String) ((Callable<?>) made).call();
  }

  /** Loads the worker's classes anew, and finds nothing of one library. */
  private static final class Poorer extends ClassLoader {

    private final String hidden;

    Poorer(String hidden) {
      super(MissingLibraryTest.class.getClassLoader());
      this.hidden = hidden;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith(hidden)) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("dev.webhookworker.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? define(name) : loaded;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException unreadable) {
        throw new ClassNotFoundException(name, unreadable);
      }
    }
  }

  /** A tools file in YAML. */
  public static final class Yaml implements Callable<String> {
    @Override
    public String call() throws Exception {
      Path file = Files.createTempFile("tools", ".yaml");
      try {
        return "loaded " + ToolsFile.load(file, ToolValidation.ofDiscovered()).size();
      } catch (ConfigurationException told) {
        return told.getMessage();
      } finally {
        Files.delete(file);
      }
    }
  }

  /** A tool with a schema. */
  public static final class Schema implements Callable<String> {
    @Override
    public String call() throws Exception {
      try {
        new PayloadSchemas(ToolSettings.DEFAULTS)
            .check("classpath:schemas/order.json", Json.MAPPER.createObjectNode(), "t");
        return "checked";
      } catch (NonRetryableException told) {
        return String.valueOf(told.getMessage());
      }
    }
  }

  /** A tool with a JSONata expression. */
  public static final class Jsonata implements Callable<String> {
    @Override
    public String call() {
      try {
        var unused =
            new JsonataTransformer().compile(Json.MAPPER.createObjectNode().put("$jsonata", "a.b"));
        return "compiled";
      } catch (NonRetryableException told) {
        return String.valueOf(told.getMessage());
      }
    }
  }
}
