import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';

const HubSecondsContext = createContext(0);

/** Counts the hub's time for its children, with one timer. @param props.ahead milliseconds that the hub's clock is ahead of this machine's */
export function HubClock(props: { readonly ahead: number; readonly children: ReactNode }): ReactNode {
  const { ahead, children } = props;
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <HubSecondsContext value={Math.floor((now + ahead) / 1000)}>{children}</HubSecondsContext>;
}

/** The hub's time in whole seconds since 1970, below a HubClock. The component renders again each second. */
export const useHubSeconds = (): number => useContext(HubSecondsContext);
