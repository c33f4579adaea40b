import { useSyncExternalStore } from 'react'
import { currentTheme, type ThemeChoice, themeChoice, watchTheme } from './theme.ts'

export const useTheme = (): 'light' | 'dark' => useSyncExternalStore(watchTheme, currentTheme)
export const useThemeChoice = (): ThemeChoice => useSyncExternalStore(watchTheme, themeChoice)
