export type ThemeChoice = 'light' | 'dark' | 'system'
const STORED = 'pulsepoint.theme'
const dark = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

export function themeChoice(): ThemeChoice {
  const stored = localStorage.getItem(STORED)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

export const currentTheme = (): 'light' | 'dark' => {
  const choice = themeChoice()
  if (choice !== 'system') return choice
  return dark.matches ? 'dark' : 'light'
}

export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') localStorage.removeItem(STORED)
  else localStorage.setItem(STORED, choice)
  showTheme()
}

/** Puts the theme on the page; charts, which paint their own colours, follow through useTheme. */
export function showTheme(): void {
  document.documentElement.dataset.theme = currentTheme()
  for (const listener of listeners) listener()
}

dark.addEventListener('change', showTheme)

/** Calls the listener when the theme changes, until what it answers is called. */
export const watchTheme = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
