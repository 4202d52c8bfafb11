import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Console } from './Console.tsx';
import './console.css';
import './forms.css';

const place = document.getElementById('console');
const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <Console nonce={nonce} />
    </StrictMode>,
  );
}
