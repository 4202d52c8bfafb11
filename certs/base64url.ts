/** Decodes base64url (RFC 4648 §5) without padding. Only the form that an encoder writes is accepted, so that one value has one text. */
export function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  // the decoder skips unknown characters and ignores unused bits
  return bytes.toString('base64url') === text ? bytes : undefined;
}
