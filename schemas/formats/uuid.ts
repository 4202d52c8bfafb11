/** RFC 9562 §4: five groups of hexadecimal digits. The URN form (`urn:uuid:…`) is another text and no uuid. */
export function uuid(text: string): 'length' | 'form' | undefined {
  if (text.length !== 36) return 'length';
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? undefined : 'form';
}
