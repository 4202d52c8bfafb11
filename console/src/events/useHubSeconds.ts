import { createContext, useContext, useEffect, useState } from 'react';

/** Milliseconds that the hub's clock is ahead of this machine's. */
export const ClockAheadContext = createContext(0);

/** The hub's time in whole seconds since 1970. The component renders again each second. */
export function useHubSeconds(): number {
  const ahead = useContext(ClockAheadContext);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.floor((now + ahead) / 1000);
}
