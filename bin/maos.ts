import { maosApp } from '../lib/maos-app.ts';

maosApp().synth();
