# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# What Doxygen 1.9 does not read as people do. No line is added or removed, so that its messages name the
# right one.

# `@ref name: explanation`: the colon is no part of the name.
s/@ref ([A-Za-z_:]*[A-Za-z_])(:( |$))/@ref \1 "\1"\2/g

# Its own words for an overload are two lines about nothing.
s/@overload$/The same, with other arguments./

# It has pages for concepts, but no name for them to refer to.
s/@ref (json_mapped|resource)\b/<a href="conceptpartner__center_1_1\1.html">\1<\/a>/g
s/(href="conceptpartner__center_1_1json)_mapped/\1__mapped/g

# Specializations of Boost's templates are how a name becomes an error code, not something to read about.
/^template <>$/{
    N
    s/^template <>\nstruct boost::.*$/\nnamespace partner_center {/
}
