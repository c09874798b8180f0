package dev.webhookworker.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {

  private static AddressGuard guard(String address, String... allow) {
    return new AddressGuard(List.of(allow), host -> InetAddress.getAllByName(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.255.0.9",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001::1",
        "2001:db8::1",
        "100::1"
      })
  void aNameThatResolvesToAnAddressThatIsNotPublicIsRefused(String address) {
    assertThatThrownBy(() -> guard(address).resolve("hooks.example.com"))
        .isInstanceOf(ForbiddenAddressException.class)
        .hasMessageContaining("WORKER_FORWARD_ALLOW");
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "172.32.0.1", "1.1.1.1", "2606:4700::1111", "2a00::1"})
  void publicAddressesPass(String address) throws UnknownHostException {
    assertThat(guard(address).resolve("hooks.example.com"))
        .containsExactly(InetAddress.getByName(address));
  }

  @Test
  void aMappedAddressIsRefusedHoweverTheResolverWroteIt() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[12] = 127;
    mapped[15] = 1;
    InetAddress asIpv6 = Inet6Address.getByAddress("x", mapped, 0);
    AddressGuard guard = new AddressGuard(List.of(), host -> new InetAddress[] {asIpv6});
    assertThatThrownBy(() -> guard.resolve("hooks.example.com"))
        .isInstanceOf(ForbiddenAddressException.class);
  }

  @Test
  void ofSeveralAddressesOnlyThePublicOnesAreUsed() throws UnknownHostException {
    InetAddress local = InetAddress.getByName("127.0.0.1");
    InetAddress elsewhere = InetAddress.getByName("8.8.8.8");
    AddressGuard guard = new AddressGuard(List.of(), host -> new InetAddress[] {local, elsewhere});
    assertThat(guard.resolve("hooks.example.com")).containsExactly(elsewhere);
  }

  @Test
  void blocksAndHostsCanBeAllowed() throws UnknownHostException {
    assertThat(guard("10.1.2.3", "10.1.0.0/16").resolve("crm")).hasSize(1);
    assertThat(guard("10.1.2.3", "crm").resolve("CRM")).hasSize(1);
    assertThat(guard("10.1.2.3", "*.internal").resolve("crm.internal")).hasSize(1);
    assertThat(guard("::1", "::1").resolve("[::1]")).hasSize(1);
    for (Map.Entry<String, String> wrong :
        Map.of("10.2.0.0/16", "crm", "crm", "crm.example.com", "*.internal", "notinternal")
            .entrySet()) {
      assertThatThrownBy(() -> guard("10.1.2.3", wrong.getKey()).resolve(wrong.getValue()))
          .isInstanceOf(ForbiddenAddressException.class);
    }
    assertThatThrownBy(() -> guard("10.1.2.3", "http://crm"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.01/",
        "http://127.0.0.1./",
        "http://017700000001/",
        "http://1.2.3.4.5/",
        "http://user:secret@example.com/",
        "http://example.com/#x",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com",
        "https://",
        "https:///x",
        "example.com",
        "http://exa mple.com",
        "http://example.com:0/",
        "http://a_b.example.com:x/"
      })
  void urlsThatHideTheirTargetOrAreNoneAreRefused(String url) {
    assertThatThrownBy(() -> TargetUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void plainUrlsPass() {
    assertThat(TargetUrl.parse("https://example.com:8443/hooks?x=1").getPort()).isEqualTo(8443);
    assertThat(TargetUrl.parse("http://127.0.0.1:80/").getHost()).isEqualTo("127.0.0.1");
    assertThat(TargetUrl.parse("http://[::1]:80/").getHost()).isEqualTo("[::1]");
  }
}
