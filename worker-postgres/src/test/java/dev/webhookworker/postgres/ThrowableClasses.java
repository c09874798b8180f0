package dev.webhookworker.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One of every class that foreign code may throw: those of the platform's java.lang. */
final class ThrowableClasses {

  private ThrowableClasses() {}

  static Stream<Throwable> all() throws ReflectiveOperationException {
    List<Throwable> all = new ArrayList<>();
    for (String name : namesInJavaLang()) {
      Class<?> type = Class.forName(name, false, ThrowableClasses.class.getClassLoader());
      if (Throwable.class.isAssignableFrom(type)
          && Modifier.isPublic(type.getModifiers())
          && !Modifier.isAbstract(type.getModifiers())) {
        for (Constructor<?> constructor : type.getConstructors()) {
          if (constructor.getParameterCount() == 0) {
            all.add((Throwable) constructor.newInstance());
          }
        }
      }
    }
    return all.stream();
  }

  private static List<String> namesInJavaLang() {
    FileSystem platform = FileSystems.getFileSystem(URI.create("jrt:/"));
    Path folder = platform.getPath("/modules/java.base/java/lang");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("Error.class") || name.endsWith("Exception.class"))
          .map(name -> "java.lang." + name.substring(0, name.length() - ".class".length()))
          .sorted()
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Throws it whatever its kind; the result is only for the compiler. */
  @SuppressWarnings("unchecked")
  static <X extends Throwable> RuntimeException sneaky(Throwable any) throws X {
    throw (X) any;
  }
}
