import { componentValue, type Component, type MessageView } from './component.ts';

/**
 * The signature base (RFC 9421 §2.5): one line per covered component and the line of the parameters, joined by line feeds, none at
 * the end. The general primitive under the profile: it takes any list of components this library can read.
 * @param parametersText the value of `"@signature-params"`: the inner list with its parameters exactly as in Signature-Input
 * @returns the base, or the component that the message does not have
 */
export function signatureBase(
  components: readonly Component[],
  parametersText: string,
  view: MessageView,
): string | { readonly missing: Component } {
  let base = '';
  for (const wanted of components) {
    const value = componentValue(wanted, view);
    if (value === undefined) return { missing: wanted };
    base += `${wanted.id}: ${value}\n`;
  }
  return `${base}"@signature-params": ${parametersText}`;
}
