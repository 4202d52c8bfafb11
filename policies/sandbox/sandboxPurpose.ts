/** The purpose that is answered with synthetic rows only: no agreement grants real ones for it. */
export const sandboxPurpose = 'sandbox';
