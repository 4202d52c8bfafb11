import type { RequestHandler } from 'express';

/** What a browser is told with every answer of a listener, pages or not: to guess no types, to keep to TLS, to be framed by nobody. */
const headers: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
  // answers are documents of no origin; a page says itself what it may load
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
};

/** @param tls browsers keep to https once they have seen it, for a year */
export function securityHeaders(tls: boolean): RequestHandler {
  return (_request, response, next) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (tls) response.setHeader('strict-transport-security', 'max-age=31536000');
    next();
  };
}
