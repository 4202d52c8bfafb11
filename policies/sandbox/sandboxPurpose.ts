/** The purpose under which nothing but invented rows is answered: no agreement gives real ones for it. */
export const sandboxPurpose = 'sandbox';
