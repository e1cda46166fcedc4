// The one place that names the library: components, hooks and templates.
import { Component, Fragment, h, render } from 'preact';
import htm from 'htm';

export { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
export { Component, Fragment, render };
export const html = htm.bind(h);
