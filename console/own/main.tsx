import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { OwnPage } from './OwnPage.tsx';
import './own.css';

const place = document.getElementById('own');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <OwnPage />
    </StrictMode>,
  );
}
