import { createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Time,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

const ed25519 = "1.3.101.112";
const commonName = "2.5.4.3";
const serialBytes = 8;

/**
 * A certificate around a key, because TLS wants one; in PEM form. Peers compare the key alone, so it has no name that anybody
 * reads, and no end: a host whose clock is wrong must not be cut off from the others.
 */
export function certificateOf({ privateKey }: { readonly privateKey: string }): string {
  const key = createPrivateKey(privateKey);
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const name = new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: commonName, value: new AttributeValue({ utf8String: "vigil healer" }) }),
    ]),
  ]);
  const signatureAlgorithm = new AlgorithmIdentifier({ algorithm: ed25519 });
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    // A number above nothing, as RFC 5280 has it: the first bit is its sign.
    serialNumber: new Uint8Array([1, ...randomBytes(serialBytes)]).buffer,
    signature: signatureAlgorithm,
    issuer: name,
    subject: name,
    validity: foreverSince(new Date("2000-01-01T00:00:00Z")),
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
  });
  const signature = sign(null, Buffer.from(AsnConvert.serialize(tbsCertificate)), key);
  const signatureValue = new Uint8Array(signature).buffer;
  const der = AsnConvert.serialize(new Certificate({ tbsCertificate, signatureAlgorithm, signatureValue }));
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

function foreverSince(notBefore: Date): Validity {
  const validity = new Validity();
  validity.notBefore = new Time(notBefore);
  // What RFC 5280 says for one that does not end.
  validity.notAfter = new Time(new Date("9999-12-31T23:59:59Z"));
  return validity;
}
