// One signed exchange with the JDK alone (17 or newer): sign, send, verify the reply and its receipt. No build:
//   java DatongClient.java https://hub.example:8443 datong-keys POST /v1/datasets/pub-security.household/query '{"filter":[...]}'
//     purpose=school-enrolment agreement=agr-school-enrolment on-behalf-of=clerk-0042 matter=RX-2026-000123
// The folder is the one that `datong enrol` writes. The verified body goes to stdout. Exit: 0 answered, 1 refused (signed),
// 2 no connection, 3 refused before the application (unsigned: shown, never evidence), 5 the reply does not hold.
import java.io.*; import java.math.BigInteger; import java.net.URI; import java.net.http.*; import java.nio.charset.StandardCharsets; import java.nio.file.*;
import java.security.*; import java.security.cert.*; import java.security.spec.*; import java.util.*; import java.util.regex.*; import java.util.stream.*; import javax.net.ssl.*;
public class DatongClient {
  static final Base64.Encoder B64 = Base64.getEncoder(), URL = Base64.getUrlEncoder().withoutPadding();
  static byte[] latin1(String text) { return text.getBytes(StandardCharsets.ISO_8859_1); }
  static byte[] sha256(byte[]... parts) throws Exception { var d = MessageDigest.getInstance("SHA-256"); for (var p : parts) d.update(p); return d.digest(); }
  static void check(boolean holds, String what) { if (!holds) throw new IllegalStateException(what); }
  static String find(String pattern, String text) { var m = Pattern.compile(pattern, Pattern.DOTALL).matcher(text); check(m.find(), pattern); return m.group(1); }
  static byte[] der(Path file, String kind) throws Exception { return Base64.getMimeDecoder().decode(find("-----BEGIN " + kind + "-----([^-]+)", Files.readString(file))); }
  public static void main(String[] args) throws Exception {
    try { System.exit(exchange(args[0], Path.of(args[1]), args[2], args[3], args[4].getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(args, 5, args.length))); }
    catch (IOException e) { System.err.println("no connection: " + e); System.exit(2); }
    catch (Exception e) { System.err.println("the reply does not hold: " + e); System.exit(5); }
  }
  static int exchange(String origin, Path folder, String method, String path, byte[] body, String... signed) throws Exception {
    var anchors = Files.readString(folder.resolve("anchors.json"));
    var certificates = CertificateFactory.getInstance("X.509");
    var own = certificates.generateCertificates(Files.newInputStream(folder.resolve("tls.cert.pem"))).toArray(new java.security.cert.Certificate[0]);
    PrivateKey tlsKey = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der(folder.resolve("tls.key.pem"), "PRIVATE KEY")));
    KeyStore keys = KeyStore.getInstance("PKCS12"), roots = KeyStore.getInstance("PKCS12");
    keys.load(null); keys.setKeyEntry("tls", tlsKey, new char[0], own);
    roots.load(null); roots.setCertificateEntry("hub", certificates.generateCertificate(Files.newInputStream(folder.resolve("hub-root.pem"))));
    var keyManagers = KeyManagerFactory.getInstance("PKIX"); keyManagers.init(keys, new char[0]); var trustManagers = TrustManagerFactory.getInstance("PKIX"); trustManagers.init(roots);
    var tls = SSLContext.getInstance("TLS"); tls.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    var values = new LinkedHashMap<String, String>(Map.of("@method", method));
    values.put("@target-uri", origin + path); if (body.length > 0) values.put("content-type", "application/json");
    for (var pair : signed) values.put("datong-" + pair.split("=", 2)[0], pair.split("=", 2)[1]);
    values.put("content-digest", "sha-256=:" + B64.encodeToString(sha256(body)) + ":");
    var pkcs8 = der(folder.resolve("signing.key.pem"), "PRIVATE KEY"); var point = Arrays.copyOfRange(pkcs8, pkcs8.length - 64, pkcs8.length); // of P-256, at its end
    var nonce = new byte[16]; new SecureRandom().nextBytes(nonce); var now = System.currentTimeMillis() / 1000;
    var params = values.keySet().stream().map(n -> '"' + n + '"').collect(Collectors.joining(" ", "(", ")")) + ";created=" + now + ";expires=" + (now + 60)
      + ";nonce=\"" + URL.encodeToString(nonce) + "\";keyid=\"" + thumbprint(point) + "\";alg=\"ecdsa-p256-sha256\";tag=\"datong-req-1\"";
    var base = new StringBuilder(); values.forEach((n, v) -> base.append('"' + n + "\": " + v + "\n"));
    var signer = Signature.getInstance("SHA256withECDSAinP1363Format"); signer.initSign(KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8))); signer.update(latin1(base + "\"@signature-params\": " + params));
    var signature = signer.sign(); var sent = ":" + B64.encodeToString(signature) + ":";
    var request = HttpRequest.newBuilder(URI.create(origin + path)).method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    values.forEach((n, v) -> { if (!n.startsWith("@")) request.header(n, v); });
    request.header("signature-input", "req=" + params).header("signature", "req=" + sent);
    var client = HttpClient.newBuilder().sslContext(tls).version(HttpClient.Version.HTTP_1_1).build();
    var reply = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    var has = new HashMap<String, String>(); reply.headers().map().forEach((n, v) -> has.put(n.toLowerCase(), v.get(0)));
    if (!has.containsKey("signature")) { System.err.println(reply.statusCode() + ", unsigned: " + new String(reply.body(), 0, Math.min(2000, reply.body().length), StandardCharsets.UTF_8)); return 3; }
    var covered = new LinkedHashMap<String, String>(Map.of("\"@status\"", "" + reply.statusCode()));
    for (var n : List.of("content-type", "content-digest", "datong-exchange-id", "datong-receipt")) if (has.containsKey(n)) covered.put('"' + n + '"', has.get(n));
    covered.put("\"@method\";req", method); covered.put("\"@target-uri\";req", origin + path); covered.put("\"content-digest\";req", values.get("content-digest"));
    covered.put("\"signature\";req;key=\"req\"", sent);
    var input = has.get("signature-input").substring(4); var names = find("^\\(([^)]*)\\)", input); var all = String.join(" ", covered.keySet());
    check(has.containsKey("content-digest") && (names.equals(all) || reply.statusCode() >= 400 && (names + " \"signature\";req;key=\"req\"").equals(all)), "it does not cover what it must");
    var replyBase = new StringBuilder(); for (var n : names.split(" ")) replyBase.append(n + ": " + covered.get(n) + "\n");
    var hubKey = Pattern.compile("\"x\": *\"([^\"]+)\",\\s*\"y\": *\"([^\"]+)\"").matcher(anchors).results().map(m -> points(m.group(1), m.group(2)))
      .filter(p -> thumbprint(p).equals(find(";keyid=\"([^\"]+)\"", input))).findFirst().orElseThrow();
    var curve = AlgorithmParameters.getInstance("EC"); curve.init(new ECGenParameterSpec("secp256r1"));
    var w = new ECPoint(new BigInteger(1, Arrays.copyOf(hubKey, 32)), new BigInteger(1, Arrays.copyOfRange(hubKey, 32, 64)));
    var verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
    verifier.initVerify(KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(w, curve.getParameterSpec(ECParameterSpec.class))));
    verifier.update(latin1(replyBase + "\"@signature-params\": " + input));
    check(input.contains(";tag=\"datong-res-1\"") && verifier.verify(Base64.getDecoder().decode(find("^res=:(.+):$", has.get("signature")))), "its signature is not the hub's");
    check(has.get("content-digest").equals("sha-256=:" + B64.encodeToString(sha256(reply.body())) + ":"), "its body is another");
    check(has.containsKey("datong-receipt") || reply.statusCode() >= 400, "an answer without a receipt");
    if (has.containsKey("datong-receipt")) verifyReceipt(new String(Base64.getUrlDecoder().decode(has.get("datong-receipt"))), anchors, has.get("datong-exchange-id"), signature, reply);
    System.out.println(new String(reply.body(), StandardCharsets.UTF_8)); return reply.statusCode() >= 400 ? 1 : 0;
  }
  static byte[] points(String x, String y) { var both = Arrays.copyOf(Base64.getUrlDecoder().decode(x), 64); System.arraycopy(Base64.getUrlDecoder().decode(y), 0, both, 32, 32); return both; }
  static String thumbprint(byte[] p) { // RFC 7638
    try { return URL.encodeToString(sha256(latin1("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" + URL.encodeToString(Arrays.copyOf(p, 32)) + "\",\"y\":\"" + URL.encodeToString(Arrays.copyOfRange(p, 32, 64)) + "\"}"))); }
    catch (Exception e) { throw new IllegalStateException(e); }
  }
  static void verifyReceipt(String receipt, String anchors, String exchange, byte[] signature, HttpResponse<byte[]> reply) throws Exception {
    var leaf = Base64.getDecoder().decode(find("\"leaf\":\"([^\"]+)\"", receipt)); var entry = new String(leaf, StandardCharsets.UTF_8);
    var proof = find("\"proof\":\"([^\"]+)\"", receipt).replace("\\n", "\n"); var head = proof.substring(0, proof.indexOf("\n\n")).replaceFirst("\nextra [^\n]*", "").split("\n");
    var note = proof.substring(proof.indexOf("\n\n") + 2); var text = note.substring(0, note.lastIndexOf("\n\n") + 1); // C2SP signed-note, tlog-proof
    var lines = text.split("\n"); var signers = 0;
    for (var line : note.substring(note.lastIndexOf("\n\n") + 2).split("\n")) {
      var raw = Base64.getDecoder().decode(line.split(" ")[2]); var id = HexFormat.of().formatHex(raw, 0, 4);
      var known = Pattern.compile("\\+" + id + "\\+([^\"\\\\]+)\"").matcher(anchors); if (!known.find()) continue;
      var end = Pattern.compile("key rotation 1\\\\n(\\d+)\\\\n[^\\\\+]*\\+" + id + "\\+").matcher(anchors); // a replaced key counts below its end
      if (end.find() && Long.parseLong(lines[1]) >= Long.parseLong(end.group(1))) continue;
      var spki = HexFormat.of().parseHex("302a300506032b6570032100" + HexFormat.of().formatHex(Base64.getDecoder().decode(known.group(1)), 1, 33)); var verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki))); verifier.update(text.getBytes(StandardCharsets.UTF_8));
      check(verifier.verify(Arrays.copyOfRange(raw, 4, raw.length)), "its checkpoint is not signed"); signers++; }
    check(signers > 0 && anchors.contains("\"" + lines[0] + "\""), "its checkpoint is another log's, or by a key that another one has replaced");
    long node = Long.parseLong(head[1].substring(6)), last = Long.parseLong(lines[1]) - 1; var reached = sha256(new byte[] {0}, leaf);
    for (int i = 2; i < head.length; i++) { // RFC 9162, 2.1.3.2
      var sibling = Base64.getDecoder().decode(head[i]); var right = node % 2 == 1 || node == last;
      reached = right ? sha256(new byte[] {1}, sibling, reached) : sha256(new byte[] {1}, reached, sibling);
      while (right && node % 2 == 0 && node > 0) { node /= 2; last /= 2; }
      node /= 2; last /= 2; }
    check(last == 0 && B64.encodeToString(reached).equals(lines[2]), "its entry is not in the log");
    check(entry.contains("\"id\":\"" + exchange + "\"") && receipt.contains("\"exchange\":\"" + exchange + "\""), "its entry is another exchange's");
    check(entry.contains("\"request\":\"" + URL.encodeToString(sha256(signature)) + "\"") || reply.statusCode() >= 400 && !entry.contains("\"request\":"), "its entry is another request's");
    var salt = Base64.getUrlDecoder().decode(find("\"openings\":\\{\"reply\":\"([^\"]+)\"", receipt));
    check(entry.contains("\"reply\":\"" + URL.encodeToString(sha256(salt, latin1('"' + URL.encodeToString(sha256(reply.body())) + '"'))) + "\""), "its entry is another reply's");
  }
}
