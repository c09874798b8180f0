package dev.webhookworker.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import org.junit.jupiter.api.Test;

class HttpSendersTest {

  private final HttpSenders senders =
      new HttpSenders(new AddressGuard(List.of(), NameLookup.SYSTEM));

  @Test
  void aSenderThatNoLongerRunsIsMadeAnew() {
    HttpSender first = senders.with(null);
    assertThat(senders.with(null)).isSameAs(first);
    first.close();
    HttpSender second = senders.with(null);
    assertThat(second).isNotSameAs(first);
    assertThat(second.isRunning()).isTrue();
    senders.close();
    assertThat(second.isRunning()).isFalse();
    assertThatThrownBy(() -> senders.with(null)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void withoutTheLibraryItIsSaidWhatToAdd() throws Exception {
    URL classes = HttpSenders.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader without = new WithoutLibrary(classes)) {
      Class<?> guardType = without.loadClass(AddressGuard.class.getName());
      Class<?> lookupType = without.loadClass(NameLookup.class.getName());
      Object guard =
          guardType
              .getConstructor(List.class, lookupType)
              .newInstance(List.of(), lookupType.getField("SYSTEM").get(null));
      Class<?> type = without.loadClass(HttpSenders.class.getName());
      Constructor<?> constructor = type.getDeclaredConstructor(guardType);
      constructor.setAccessible(true);
      Object made = constructor.newInstance(guard);
      Method with = type.getDeclaredMethod("with", without.loadClass(ClientTls.class.getName()));
      with.setAccessible(true);
      assertThatThrownBy(() -> with.invoke(made, (Object) null))
          .hasRootCauseInstanceOf(ClassNotFoundException.class)
          .cause()
          .hasMessageContaining("org.apache.httpcomponents.client5:httpclient5");
    }
  }

  /** The worker's classes anew, in a place where the HTTP library is not. */
  private static final class WithoutLibrary extends URLClassLoader {

    WithoutLibrary(URL classes) {
      super(new URL[] {classes}, HttpSendersTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("org.apache.hc.")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("dev.webhookworker.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }
}
