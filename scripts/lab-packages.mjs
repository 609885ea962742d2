// Installs the system packages that the lab needs, after saying which. Needs root and a build (`npm run build`).
import { ensureLabPackages } from '../dist/src/lab/requirements.js';

await ensureLabPackages((line) => console.log(line));
