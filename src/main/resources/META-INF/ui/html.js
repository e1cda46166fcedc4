// The one place that names the library: components, hooks and templates.
import { h, render, Fragment } from 'preact';
import htm from 'htm';

export { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
export { Fragment, render };
export const html = htm.bind(h);
