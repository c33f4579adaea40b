import { useEffect } from 'react'
import { inkOn, readableOn } from './contrast.ts'
import type { Me } from './me.ts'
import { useTheme } from './use-theme.ts'

const GROUNDS = { light: '#ffffff', dark: '#141419' } as const

/** The tenant's colour as the accent; moved as far as it must be for text in it, and on it, to be read. */
export function useBranding({ branding }: Me): void {
  const theme = useTheme()
  const colour = branding.primary_color
  useEffect(() => {
    const { style } = document.documentElement
    const text = colour && readableOn(colour, GROUNDS[theme])
    if (!colour || !text) return
    const tokens = { '--accent': colour, '--accent-ink': inkOn(colour), '--accent-text': text }
    for (const [name, value] of Object.entries(tokens)) style.setProperty(name, value)
    return () => {
      for (const name of Object.keys(tokens)) style.removeProperty(name)
    }
  }, [colour, theme])
}
