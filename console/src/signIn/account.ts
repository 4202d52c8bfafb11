/**
 * Signs in by an account of the identity provider: the browser goes to the provider's page and returns to `/console/sign-in`. Temporary
 * data is deleted there, in every case.
 */
import { post, type Schemas } from '../api/call.ts';

const storageKey = 'datong-account';
const page = '/console/sign-in';

type Purpose = 'signIn' | 'bind';
interface BegunSignIn {
  readonly binding: string;
  readonly purpose: Purpose;
  /** the page before sign-in */
  readonly back: string;
}

/** @param aside in a window of its own, so that nothing typed on this page is lost */
export async function leaveForAccount(purpose: Purpose, aside = false): Promise<void> {
  // opened by the click itself, or the browser would stop it
  const newWindow = aside ? window.open('about:blank') : null;
  const ask = (): Promise<Schemas['AccountOffer']> =>
    purpose === 'signIn' ? post('/v1/sign-in/account', undefined) : post('/v1/accounts/offers', undefined);
  try {
    const { address, binding } = await ask();
    const begun: BegunSignIn = { binding, purpose, back: window.location.pathname + window.location.search };
    window.localStorage.setItem(storageKey, JSON.stringify(begun));
    (newWindow ?? window).location.assign(address);
  } catch (error) {
    newWindow?.close();
    throw error;
  }
}

/** Whether the provider sent the browser here. */
export const cameBack = (): boolean => window.location.pathname === page && window.location.search !== '';

/** Completes the sign-in, and shows the page on which it began. @throws Refused */
export async function comeBack(): Promise<Purpose> {
  const found = window.localStorage.getItem(storageKey);
  window.localStorage.removeItem(storageKey);
  const answer = window.location.search;
  const { binding, purpose, back } = found === null ? nothing : (JSON.parse(found) as BegunSignIn);
  window.history.replaceState(null, '', back.startsWith('/console') ? back : '/console/');
  const body = { answer, binding };
  await (purpose === 'signIn' ? post('/v1/sessions/by-account', body) : post('/v1/accounts', body));
  return purpose;
}

/** For a browser that was sent here without a sign-in request: the hub refuses it with a reason. */
const nothing: BegunSignIn = { binding: 'none', purpose: 'signIn', back: '/console/' };
